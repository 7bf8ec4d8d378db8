-- What the warehouse computes from the facts: accepted counts, evidence, printed tables.
update fct_submission set
    product_row_count = (select count(*) from fct_product_status where _submission_id = submission_id),
    rating_row_count = (select count(*) from fct_rating where _submission_id = submission_id),
    funding_row_count = (select count(*) from fct_funding where _submission_id = submission_id),
    target_row_count = (select count(*) from fct_target where _submission_id = submission_id),
    activity_row_count = (select count(*) from fct_activity where _submission_id = submission_id);

insert into bridge_submission_form
select submission_id, unnest(['product', 'rating', 'funding', 'target', 'activity']),
    unnest(['Sản phẩm', 'Phân hạng', 'Kinh phí', 'Chỉ tiêu', 'Hoạt động']), unit_code, period_code,
    unnest([product_row_count, rating_row_count, funding_row_count, target_row_count, activity_row_count]),
    is_in_force
from fct_submission where verdict_code = 'accepted';

create temp table figure as
with product as (
    select b.period_code, f.* exclude (period_code)
    from fct_product_status as f
    inner join bridge_period as b on f.period_code = b.source_period_code and b.measure_code = 'stock'
),

counted as (
    select *, unnest([
        if(is_valid, 'valid_count', null),
        if(is_valid, 'star_' || coalesce(star::varchar, 'unknown') || '_count', null),
        if(is_cumulative, 'cumulative_count', null),
        if(status_code in ('expired', 'proposed'), status_code || '_count', null)
    ]) as column_code
    from product
),

money as (
    select b.period_code, f.* exclude (period_code), unnest(['planned', 'disbursed']) as money_code,
        unnest([planned_amount_vnd_million, disbursed_amount_vnd_million]) as amount
    from fct_funding as f
    inner join bridge_period as b on f.period_code = b.source_period_code and b.measure_code = 'flow'
)

select period_code, 'star_by_unit' as table_code, unit_code as row_code, column_code, 'count' as measure_kind,
    product_key as evidence_key, null::decimal(18, 3) as amount, _submission_id, _sheet, _row_number
from counted
union all
select period_code, 'star_by_commune', commune_code, column_code, 'count', product_key, null, _submission_id,
    _sheet, _row_number
from counted where column_code not in ('valid_count', 'cumulative_count')
union all
select period_code, 'star_by_group', coalesce(product_group_code, 'unknown'), column_code, 'count', product_key,
    null, _submission_id, _sheet, _row_number
from counted where column_code like 'star%' or column_code = 'valid_count'
union all
select period_code, 'producer_by_type', producer_type_code, unnest(['producer_count', 'product_count']), 'count',
    unnest([producer_key, product_key]), null, _submission_id, _sheet, _row_number
from product where is_valid
union all
select period_code, 'producer_goal', 'producer_htx_pct',
    unnest(['producer_count', if(producer_type_code = 'HTX', 'counted_producer_count', null)]), 'count', producer_key,
    null, _submission_id, _sheet, _row_number
from product where is_valid
union all
select period_code, 'headline', case
        when column_code like 'star%' then 'valid_' || replace(column_code, '_count', '')
        else replace(column_code, 'count', 'product')
    end, 'value', 'count', product_key, null, _submission_id, _sheet, _row_number
from counted
union all
select period_code, 'headline', 'funding_' || money_code, 'value', 'sum', null, amount, _submission_id, _sheet,
    _row_number
from money
union all
select period_code, 'headline', 'funding_disbursed_' || if(is_state_budget, 'state', 'other'), 'value', 'sum', null,
    amount, _submission_id, _sheet, _row_number
from money where money_code = 'disbursed'
union all
select period_code, 'headline', 'producer', 'value', 'count', producer_key, null, _submission_id, _sheet, _row_number
from product where is_valid
union all
select b.period_code, 'rating', unit_code || '-' || cycle_code,
    unnest(['product_count', 'star_' || star || '_count']), 'count', product_key, null, _submission_id, _sheet,
    _row_number
from fct_rating as f
inner join bridge_period as b on f.period_code = b.source_period_code and b.measure_code = 'flow'
union all
select b.period_code, 'activity_training', activity_type_code || '-' || state_code,
    unnest(['line_count', 'activity_count', 'participant_count']), unnest(['count', 'sum', 'sum']),
    _submission_id || _row_number, unnest([null, activity_count, participant_count]), _submission_id, _sheet,
    _row_number
from fct_activity as f
inner join bridge_period as b on f.period_code = b.source_period_code and b.measure_code = 'flow'
union all
select period_code, 'funding_by_source', coalesce(source_code, 'unknown') || '-' || coalesce(content_code, ''),
    money_code || '_amount_vnd_million', 'sum', null, amount, _submission_id, _sheet, _row_number
from money
union all
select period_code, 'funding_by_source', coalesce(source_code, 'unknown') || '-' || coalesce(content_code, ''),
    'approximate_line_count', 'count', _submission_id || _row_number, null, _submission_id, _sheet, _row_number
from money where is_approximate and money_code = 'planned'
union all
select period_code, 'funding_by_content', coalesce(content_code, 'unknown'),
    unnest([money_code, if(is_state_budget, 'state_', 'other_') || money_code]) || '_amount_vnd_million', 'sum', null,
    amount, _submission_id, _sheet, _row_number
from money;

insert into int_ministry__evidence by name
select * from figure where column_code is not null and (measure_kind = 'count' or amount is not null);

-- one product was recognised again in 2024H2
insert into int_ministry__evidence by name
select '2024H2' as period_code, unnest(['movement', 'headline']) as table_code,
    unnest(['re_recognised', 're_recognised_product']) as row_code, unnest(['product_count', 'value']) as column_code,
    'count' as measure_kind, '587|2024H2|p1' as evidence_key;
insert into rpt_ministry__movement_list by name
select '2024H2' as period_code, '587-2024H2-p1' as row_code, 're_recognised' as movement_code;

create temp table printed as
select
    period_code, table_code, coalesce(row_code, 'total') as row_code, column_code,
    if(any_value(measure_kind) = 'count', count(distinct evidence_key), sum(amount)) as printed_value
from int_ministry__evidence
group by grouping sets (
    (period_code, table_code, row_code, column_code), (period_code, table_code, column_code)
);

insert into rpt_ministry__headline by name
select period_code, row_code, row_code as figure_name, printed_value as value
from printed where table_code = 'headline' and row_code <> 'total';
insert into rpt_ministry__headline by name
select distinct period_code, unnest(['expected_unit', 'received_unit']) as row_code,
    if(period_code = '2025H2', 1, 2) as value
from printed;
insert into rpt_ministry__star_by_unit by name
select
    period_code, row_code,
    coalesce(max(printed_value) filter (column_code = 'star_3_count'), 0) as star_3_count,
    coalesce(max(printed_value) filter (column_code = 'star_4_count'), 0) as star_4_count,
    coalesce(max(printed_value) filter (column_code = 'star_5_count'), 0) as star_5_count,
    coalesce(max(printed_value) filter (column_code = 'star_unknown_count'), 0) as star_unknown_count,
    coalesce(max(printed_value) filter (column_code = 'valid_count'), 0) as valid_count,
    coalesce(max(printed_value) filter (column_code = 'expired_count'), 0) as expired_count,
    coalesce(max(printed_value) filter (column_code = 'proposed_count'), 0) as proposed_count,
    coalesce(max(printed_value) filter (column_code = 'cumulative_count'), 0) as cumulative_count
from printed where table_code = 'star_by_unit' group by all;
insert into rpt_ministry__star_by_commune by name
select
    period_code, row_code,
    coalesce(max(printed_value) filter (column_code = 'star_3_count'), 0) as star_3_count,
    coalesce(max(printed_value) filter (column_code = 'star_4_count'), 0) as star_4_count,
    coalesce(max(printed_value) filter (column_code = 'star_5_count'), 0) as star_5_count,
    coalesce(max(printed_value) filter (column_code = 'star_unknown_count'), 0) as star_unknown_count,
    coalesce(max(printed_value) filter (column_code = 'expired_count'), 0) as expired_count,
    coalesce(max(printed_value) filter (column_code = 'proposed_count'), 0) as proposed_count
from printed where table_code = 'star_by_commune' group by all;
insert into rpt_ministry__star_by_group by name
select
    period_code, row_code,
    coalesce(max(printed_value) filter (column_code = 'star_3_count'), 0) as star_3_count,
    coalesce(max(printed_value) filter (column_code = 'star_4_count'), 0) as star_4_count,
    coalesce(max(printed_value) filter (column_code = 'star_5_count'), 0) as star_5_count,
    coalesce(max(printed_value) filter (column_code = 'star_unknown_count'), 0) as star_unknown_count,
    coalesce(max(printed_value) filter (column_code = 'valid_count'), 0) as valid_count
from printed where table_code = 'star_by_group' group by all;
insert into rpt_ministry__producer_by_type by name
select
    period_code, row_code,
    coalesce(max(printed_value) filter (column_code = 'producer_count'), 0) as producer_count,
    coalesce(max(printed_value) filter (column_code = 'product_count'), 0) as product_count
from printed where table_code = 'producer_by_type' group by all;
insert into rpt_ministry__producer_goal by name
select
    period_code, row_code,
    coalesce(max(printed_value) filter (column_code = 'counted_producer_count'), 0) as counted_producer_count,
    coalesce(max(printed_value) filter (column_code = 'producer_count'), 0) as producer_count
from printed where table_code = 'producer_goal' and row_code <> 'total' group by all;
insert into rpt_ministry__funding_by_source by name
select
    period_code, row_code, row_code as source_name,
    max(printed_value) filter (column_code = 'planned_amount_vnd_million') as planned_amount_vnd_million,
    max(printed_value) filter (column_code = 'disbursed_amount_vnd_million') as disbursed_amount_vnd_million,
    coalesce(max(printed_value) filter (column_code = 'approximate_line_count'), 0) as approximate_line_count
from printed where table_code = 'funding_by_source' group by all;
insert into rpt_ministry__funding_by_content by name
select
    period_code, row_code, row_code as content_name,
    max(printed_value) filter (column_code = 'state_planned_amount_vnd_million') as state_planned_amount_vnd_million,
    max(printed_value) filter (column_code = 'state_disbursed_amount_vnd_million') as state_disbursed_amount_vnd_million,
    max(printed_value) filter (column_code = 'other_planned_amount_vnd_million') as other_planned_amount_vnd_million,
    max(printed_value) filter (column_code = 'other_disbursed_amount_vnd_million') as other_disbursed_amount_vnd_million,
    max(printed_value) filter (column_code = 'planned_amount_vnd_million') as planned_amount_vnd_million,
    max(printed_value) filter (column_code = 'disbursed_amount_vnd_million') as disbursed_amount_vnd_million
from printed where table_code = 'funding_by_content' group by all;

insert into rpt_ministry__movement by name
select period_code, row_code, 'Công nhận lại' as movement_name, printed_value as product_count
from printed where table_code = 'movement' and row_code <> 'total';

insert into rpt_ministry__rating by name
select
    period_code, row_code,
    coalesce(max(printed_value) filter (column_code = 'product_count'), 0) as product_count,
    coalesce(max(printed_value) filter (column_code = 'star_3_count'), 0) as star_3_count,
    coalesce(max(printed_value) filter (column_code = 'star_4_count'), 0) as star_4_count
from printed where table_code = 'rating' group by all;
-- no total row: classes and fairs do not add up
insert into rpt_ministry__activity_training by name
select
    period_code, row_code,
    max(printed_value) filter (column_code = 'line_count') as line_count,
    max(printed_value) filter (column_code = 'activity_count') as activity_count,
    max(printed_value) filter (column_code = 'participant_count') as participant_count
from printed where table_code = 'activity_training' and row_code <> 'total' group by all;

insert into rpt_ministry__submission_status by name
select period_code, unit_code as row_code, unit_code, u.unit_name, 'received' as submission_status_code,
    'Đã nhận' as submission_status_name, true as is_on_time
from (
    select distinct b.period_code, f.unit_code
    from fct_product_status as f
    inner join bridge_period as b on f.period_code = b.source_period_code and b.measure_code = 'stock'
) as s
inner join dim_unit as u using (unit_code)
where u.unit_level_code = 'district' or u.valid_to is null;

insert into rpt_ministry__target_result by name
select period_code, '58-htx' as row_code, 'Tỉnh Ninh Thuận' as unit_name, 'Tỷ lệ chủ thể là hợp tác xã' as indicator_name,
    '%' as measure_unit, 40 as result_value
from dim_period;
insert into int_ministry__evidence by name
select period_code, 'target_result' as table_code, '58-htx' as row_code, 'result_value' as column_code,
    'derived' as measure_kind, 'h1' as evidence_key
from dim_period;

-- the movements of every unit from one period it reported to its next
insert into fct_product_movement by name
with stock as (
    select f.period_code, f.unit_code, f.product_key, p.cut_off_on
    from fct_product_status as f
    inner join dim_period as p using (period_code)
    where is_valid
),

previous as (
    select unit_code, period_code, lag(period_code) over (partition by unit_code order by cut_off_on) as previous_code
    from (select distinct unit_code, period_code, cut_off_on from stock)
),

moved as (
    select n.period_code, n.unit_code, x.product_key, n.previous_code,
        b.product_key is not null as was_valid, s.product_key is not null as is_valid
    from previous as n
    inner join (select distinct unit_code, product_key from stock) as x using (unit_code)
    left join stock as b
        on b.period_code = n.previous_code and b.unit_code = n.unit_code and b.product_key = x.product_key
    left join stock as s
        on s.period_code = n.period_code and s.unit_code = n.unit_code and s.product_key = x.product_key
)

select period_code, unit_code, product_key, previous_code as previous_period_code, 0 as missed_period_count,
    was_valid::integer as opening_count, (is_valid and not was_valid)::integer as initial_count, 0 as new_count,
    0 as late_count, 0 as re_recognised_count, 0 as upgraded_count, 0 as downgraded_count, 0 as corrected_count,
    0 as moved_count, 0 as appeared_count, 0 as expired_count, 0 as revoked_count, 0 as stopped_count,
    (was_valid and not is_valid)::integer as vanished_count, is_valid::integer as closing_count
from moved where was_valid or is_valid;

insert into int_measure
select period_code, 'product_count', commune_code, count(distinct product_key)
from fct_product_status where is_valid group by all;
-- Quảng Sơn was divided: on the new map its figures stand on a line without a unit
insert into mart_measure_by_map
select period_code, measure_code, map_code, if(map_code = 'old', 'Địa giới cũ', 'Địa giới mới'), 'commune',
    if(map_code = 'new' and place_code = '22819', null, place_code), amount
from int_measure cross join (values ('old'), ('new')) as m (map_code);
