with
    unit as (select * from {{ ref("dim_unit") }}),

    period as (select * from {{ ref("dim_period") }}),

    bridge as (select * from {{ ref("bridge_period") }}),

    submission as (select * from {{ ref("fct_submission") }}),

    -- What stands of each form of a unit and period, and which forms nobody sent or somebody set aside.
    form as (
        select
            unit_code,
            period_code,
            bool_or(is_in_force) as has_form_in_force,
            bool_or(is_known) filter (where form_name = 'product') as knows_product,
            bool_or(is_known) filter (where form_name = 'rating') as knows_rating,
            bool_or(is_known) filter (where form_name = 'funding') as knows_funding,
            concat_ws(
                '; ',
                'tạm giữ trang '
                || string_agg(sheet_name, ', ' order by form_name) filter (where is_held_back),
                if(
                    count(*) < {{ var("form_sheets") | length }},
                    'chỉ có trang ' || string_agg(sheet_name, ', ' order by form_name),
                    null
                )
            ) as form_note,
        from {{ ref("bridge_submission_form") }}
        where is_latest_accepted
        group by unit_code, period_code
    ),

    -- Every half-year somebody filed for, the one that closed last and the one that runs: who has not sent is
    -- missing, not unmentioned.
    due_half as (
        select distinct period_code,
        from submission
        where period_code is not null
        union
        select period_code,
        from period
        where
            period_kind <> 'Y'
            and starts_on <= {{ as_of() }}
            and cut_off_on
            >= (select max(cut_off_on), from period where period_kind <> 'Y' and cut_off_on <= {{ as_of() }})
    ),

    -- And the year around each.
    reported_period as (
        select distinct period.period_code, period.province_code, period.cut_off_on,
        from period
        inner join bridge on period.period_code = bridge.period_code
        inner join due_half on bridge.source_period_code = due_half.period_code
    ),

    -- Districts report while they live, communes since; the province files plans and is outside the
    -- reporting rate.
    expected as (
        select
            reported_period.period_code,
            reported_period.province_code,
            unit.unit_code,
            unit.unit_name,
            unit.valid_from,
        from reported_period
        inner join
            unit
            on unit.parent_unit_code = reported_period.province_code
            and {{ stands_on("unit", "reported_period.cut_off_on") }}
    ),

    -- A unit keeps its deadline with the first filing that was accepted: a later correction does not make it
    -- late.
    first_filing as (
        select unit_code, period_code, arg_min(is_on_time, arrival_no) as is_on_time,
        from submission
        where verdict_code = 'accepted' and list_id is null
        group by unit_code, period_code
    ),

    -- What each half-year of the report has brought, newest verdicts first in rank.
    half as (
        select distinct
            expected.period_code,
            expected.unit_code,
            bridge.source_period_code,
            period.cut_off_on,
            latest.submission_id,
            latest.list_id is not null as is_from_list,
            latest.received_at,
            first_filing.is_on_time,
            latest.revision_no,
            latest.warning_count,
            coalesce(form.knows_product, false) as knows_product,
            coalesce(form.knows_rating, false) as knows_rating,
            coalesce(form.knows_funding, false) as knows_funding,
            if(form.has_form_in_force, nullif(form.form_note, ''), null) as form_note,
            case
                when form.has_form_in_force
                then 'received'
                when latest.submission_id is not null
                then 'held'
                when refused.unit_code is not null
                then 'refused'
                else 'missing'
            end as submission_status_code,
        from expected
        inner join bridge on expected.period_code = bridge.period_code
        -- of the half-year before a unit began it owes nothing
        inner join
            period
            on bridge.source_period_code = period.period_code
            and expected.valid_from <= period.cut_off_on
        left join
            submission as latest
            on latest.unit_code = expected.unit_code
            and latest.period_code = bridge.source_period_code
            and latest.is_latest_accepted
        left join
            first_filing
            on first_filing.unit_code = expected.unit_code
            and first_filing.period_code = bridge.source_period_code
        left join form on form.unit_code = expected.unit_code and form.period_code = bridge.source_period_code
        left join
            (
                select distinct unit_code, period_code,
                from submission
                -- A list that was not taken is nothing the unit was asked to send again.
                where verdict_code = 'refused' and list_id is null
            ) as refused
            on refused.unit_code = expected.unit_code
            and refused.period_code = bridge.source_period_code
    ),

    -- The stock is read at the report's cut-off: the last half decides the status, an absent earlier half
    -- is named. arg_max alone would take the day of the earlier half where the last one has none.
    final as (
        select
            expected.period_code,
            expected.province_code,
            expected.unit_code,
            expected.unit_name,
            arg_max(half.submission_status_code, half.cut_off_on) as submission_status_code,
            arg_max_null(half.submission_id, half.cut_off_on) as submission_id,
            arg_max(half.is_from_list, half.cut_off_on) as is_from_list,
            arg_max_null(half.received_at, half.cut_off_on) as received_at,
            arg_max_null(half.is_on_time, half.cut_off_on) as is_on_time,
            arg_max_null(half.revision_no, half.cut_off_on) as revision_no,
            arg_max_null(half.warning_count, half.cut_off_on) as warning_count,
            arg_max(half.knows_product, half.cut_off_on) as knows_product,
            bool_or(half.knows_rating) as knows_rating,
            -- Of what was received: a half-year nobody sent is missing already.
            bool_and(half.knows_funding) filter (
                where half.submission_status_code = 'received'
            ) as knows_funding,
            nullif(
                string_agg(
                    if(
                        half.source_period_code = expected.period_code,
                        '',
                        {{ period_words("half.source_period_code") }} || ': '
                    )
                    || half.form_note,
                    '; '
                    order by half.source_period_code
                ),
                ''
            ) as form_note,
            string_agg(half.source_period_code, ', ' order by half.source_period_code) filter (
                where half.submission_status_code <> 'received'
            ) as absent_period_codes,
        from expected
        inner join half on expected.period_code = half.period_code and expected.unit_code = half.unit_code
        group by all
    )

select *
from final
