with
    conflict as (select * from {{ ref("fct_conflict") }}),

    product_status as (select * from {{ ref("fct_product_status") }}),

    rating as (select * from {{ ref("fct_rating") }}),

    funding as (select * from {{ ref("fct_funding") }}),

    line as (
        select _submission_id, _sheet, _row_number,
        from product_status
        union all
        select _submission_id, _sheet, _row_number,
        from rating
        union all
        select _submission_id, _sheet, _row_number,
        from funding
    ),

    -- The cells a statement was told in: one, or the lines of a sheet that add up to it.
    told as (
        select
            conflict.*,
            conflict._row_number is null as is_added_up,
            case
                when conflict._row_number is not null
                then []
                when conflict.figure_code like '%funding_planned%' or conflict.figure_code like 'planned%'
                then ['planned_amount_vnd_million']
                when conflict.figure_code like '%funding%' or conflict.figure_code like 'disbursed%'
                then ['disbursed_amount_vnd_million']
                when conflict.figure_code like '%newly_recognised%'
                then ['cycle_code', 'outcome_code']
                when conflict.figure_code like '%producer%'
                then ['producer_name', 'producer_type_code', 'status_code']
                else ['star', 'status_code']
            end as _field_names,
        from conflict
    ),

    final as (
        select
            conflict_key,
            side_no,
            statement_no,
            value as amount,
            _submission_id,
            _sheet,
            _row_number,
            figure_code as _field_name,
            []::varchar[] as _other_field_names,
        from told
        union all
        select
            told.conflict_key,
            told.side_no,
            told.statement_no,
            0 as amount,
            line._submission_id,
            line._sheet,
            line._row_number,
            told._field_names[1] as _field_name,
            told._field_names as _other_field_names,
        from told
        inner join
            line
            on told._submission_id = line._submission_id
            and told._sheet = line._sheet
            and told.is_added_up
    )

select *
from final
