with
    funding_source as (select * from {{ ref("ref_funding_source") }}),

    final as (
        select
            funding_source_code as source_code,
            funding_source_name as source_name,
            is_state_budget,
            source_group_code,
            source_group_name,
            is_rural_programme,
            valid_to,
            source_no,
        from funding_source
    )

select *
from final
