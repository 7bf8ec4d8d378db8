with
    submission_status as (select * from {{ ref("ref_submission_status") }}),

    final as (select submission_status_code, submission_status_name, from submission_status)

select *
from final
