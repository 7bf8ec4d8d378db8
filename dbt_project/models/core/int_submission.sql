with
    landed as (select * from {{ ref("stg_ledger__landed") }}),

    judged as (select * from {{ ref("stg_ledger__judged") }}),

    decision as (select * from {{ ref("stg_ledger__decision") }}),

    hold as (
        select submission_id, arg_max(decision_code, decision_no) = 'hold' as is_held,
        from decision
        where decision_code in ('hold', 'unhold')
        group by submission_id
    ),

    final as (
        select landed.*, judged.* exclude (submission_id), coalesce(hold.is_held, false) as is_held,
        from landed
        left join judged on landed.submission_id = judged.submission_id
        left join hold on landed.submission_id = hold.submission_id
    )

select *
from final
