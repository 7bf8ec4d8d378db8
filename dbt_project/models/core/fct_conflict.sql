{% set sheets = var("form_sheets") %}

with
    issue as (select * from {{ ref("fct_issue") }} where is_in_force),

    funding as (select * from {{ ref("fct_funding") }}),

    product_status as (select * from {{ ref("fct_product_status") }}),

    period as (select * from {{ ref("dim_period") }}),

    form as (select * from {{ ref("bridge_submission_form") }} where is_known),

    -- Named by unit, period and figure, so that a revision of the workbook tells of the same conflict.
    told_total as (
        select
            *,
            concat_ws(
                '|',
                unit_code,
                period_code,
                nullif(
                    row_number() over (partition by unit_code, period_code, field_name order by issue_key), 1
                )::varchar
            ) as subject,
        from issue
        where family = 'control_total'
    ),

    -- The cover against the rows. Intake found it and wrote both numbers down as a person reads them.
    cover_and_rows as (
        select
            'cover_and_rows' as kind_code,
            subject,
            field_name as figure_code,
            unnest([1, 2]) as side_no,
            unit_code,
            period_code,
            submission_id as _submission_id,
            if(
                side_no = 1,
                sheet,
                case
                    when field_name like '%funding%'
                    then '{{ sheets["funding"] }}'
                    when field_name like '%newly_recognised%'
                    then '{{ sheets["rating"] }}'
                    else '{{ sheets["product"] }}'
                end
            ) as _sheet,
            if(side_no = 1, row_number, null) as _row_number,
            replace(replace(if(side_no = 1, value_text, expected_text), '.', ''), ',', '.')::decimal(
                18, 3
            ) as value,
        from told_total
    ),

    -- A year's report beside the reports of its halves, where a unit filed all three.
    year_of as (
        select
            form.form_name,
            form.unit_code,
            form.period_code as year_code,
            half.period_code as half_code,
            half.cut_off_on = period.cut_off_on as is_second_half,
        from form
        inner join period on form.period_code = period.period_code
        inner join period as half on period.period_year = half.period_year and half.period_kind <> 'Y'
        inner join
            form as half_form
            on form.form_name = half_form.form_name
            and form.unit_code = half_form.unit_code
            and half.period_code = half_form.period_code
        where period.period_kind = 'Y'
    ),

    money as (
        select
            unit_code,
            period_code,
            funding_year,
            any_value(_submission_id) as _submission_id,
            any_value(_sheet) as _sheet,
            unnest(['planned_amount_vnd_million', 'disbursed_amount_vnd_million']) as figure_code,
            unnest([sum(planned_amount_vnd_million), sum(disbursed_amount_vnd_million)])::decimal(
                18, 3
            ) as value,
        from funding
        group by unit_code, period_code, funding_year
    ),

    year_with_halves as (
        select unit_code, year_code, list(half_code) as half_codes,
        from year_of
        where form_name = 'funding'
        group by unit_code, year_code
        having count(*) = 2
    ),

    year_and_halves as (
        select
            'year_and_halves' as kind_code,
            year_with_halves.unit_code
            || '|'
            || year_with_halves.year_code
            || '|'
            || money.funding_year::varchar as subject,
            money.figure_code,
            if(money.period_code = year_with_halves.year_code, 1, 2) as side_no,
            money.unit_code,
            money.period_code,
            money._submission_id,
            money._sheet,
            null::integer as _row_number,
            money.value,
        from year_with_halves
        inner join
            money
            on year_with_halves.unit_code = money.unit_code
            and (
                money.period_code = year_with_halves.year_code
                or list_contains(year_with_halves.half_codes, money.period_code)
            )
        where money.value is not null
    ),

    -- What one decision allotted for one purpose, told again in another period.
    allotment as (
        select
            'same_decision' as kind_code,
            concat_ws(
                '|',
                unit_code,
                lower(decision_number),
                funding_year,
                source_code,
                coalesce(capital_nature_code, ''),
                coalesce(content_code, ''),
                coalesce({{ match_key("product_name") }}, ''),
                coalesce({{ match_key("producer_name") }}, '')
            ) as subject,
            'planned_amount_vnd_million' as figure_code,
            unit_code,
            period_code,
            _submission_id,
            any_value(_sheet) as _sheet,
            min(_row_number)::integer as _row_number,
            sum(planned_amount_vnd_million)::decimal(18, 3) as value,
        from funding
        where decision_number is not null and planned_amount_vnd_million is not null
        group by subject, unit_code, period_code, _submission_id
    ),

    same_decision as (
        select
            *,
            dense_rank() over (partition by subject order by period_code, _submission_id)::integer as side_no,
        from allotment
    ),

    -- The stock of a year is that of its second half.
    stock as (
        select
            product_status.unit_code,
            product_status.period_code,
            product_status.star,
            any_value(product_status._submission_id) as _submission_id,
            any_value(product_status._sheet) as _sheet,
            count(distinct product_status.product_key)::decimal(18, 3) as value,
        from product_status
        where product_status.is_valid and product_status.star is not null
        group by product_status.unit_code, product_status.period_code, product_status.star
    ),

    two_stocks as (
        select
            'two_stocks' as kind_code,
            year_of.unit_code || '|' || year_of.year_code || '|' || told.star::varchar as subject,
            'valid_star_' || told.star::varchar || '_count' as figure_code,
            side.side_no,
            year_of.unit_code,
            side.period_code,
            form.submission_id as _submission_id,
            form.sheet_name as _sheet,
            null::integer as _row_number,
            coalesce(stock.value, 0)::decimal(18, 3) as value,
        from year_of
        cross join
            lateral(
                select 1 as side_no, year_of.year_code as period_code
                union all
                select 2, year_of.half_code
            ) as side
        inner join
            (select distinct unit_code, period_code, star, from stock) as told
            on year_of.unit_code = told.unit_code
            and told.period_code in (year_of.year_code, year_of.half_code)
        inner join
            form
            on form.form_name = 'product'
            and year_of.unit_code = form.unit_code
            and side.period_code = form.period_code
        left join
            stock
            on year_of.unit_code = stock.unit_code
            and side.period_code = stock.period_code
            and told.star = stock.star
        where year_of.form_name = 'product' and year_of.is_second_half
    ),

    statement as (
        select *
        from cover_and_rows
        union all by name
        select *
        from year_and_halves
        union all by name
        select *
        from same_decision
        union all by name
        select distinct *
        from two_stocks
    ),

    -- What the statements of one side add up to is compared; what agrees is no conflict.
    side as (
        select kind_code, subject, figure_code, side_no, sum(value) as side_value,
        from statement
        group by kind_code, subject, figure_code, side_no
    ),

    conflict as (
        select kind_code, subject, figure_code,
        from side
        group by kind_code, subject, figure_code
        having count(distinct side_value) > 1
    ),

    final as (
        select
            md5(
                statement.kind_code || '|' || statement.subject || '|' || statement.figure_code
            ) as conflict_key,
            concat_ws(
                '-',
                statement.kind_code,
                if(
                    statement.kind_code = 'same_decision',
                    concat_ws(
                        '-',
                        split_part(statement.subject, '|', 1),
                        {{ code_words("split_part(statement.subject, '|', 2)") }},
                        left(md5(statement.subject), 8)
                    ),
                    replace(statement.subject, '|', '-')
                ),
                statement.figure_code
            ) as conflict_code,
            row_number() over (
                partition by statement.kind_code, statement.subject, statement.figure_code
                order by statement.side_no, statement.period_code, statement._submission_id
            )::integer as statement_no,
            statement.side_no::integer as side_no,
            statement.kind_code,
            statement.figure_code,
            statement.value,
            case
                when statement.figure_code like '%vnd_million'
                then 'triệu đồng'
                when statement.figure_code like '%producer%'
                then 'chủ thể'
                else 'sản phẩm'
            end as measure_unit,
            statement.unit_code,
            statement.period_code,
            statement._submission_id,
            statement._sheet,
            statement._row_number::integer as _row_number,
        from statement
        inner join conflict using (kind_code, subject, figure_code)
    )

select *
from final
