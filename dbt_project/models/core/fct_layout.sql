with
    layout as (select * from {{ ref("stg_forms__layout") }}),

    submission as (select * from {{ ref("fct_submission") }}),

    final as (
        select
            layout.submission_id,
            layout._sheet as sheet,
            layout.field_name,
            layout.column_letter,
            layout.header_text,
            layout.header_row_number,
        from layout
        inner join submission on layout.submission_id = submission.submission_id
    )

select *
from final
