with
    funding_content as (select * from {{ ref("ref_funding_content") }}),

    final as (
        select funding_content_code as content_code, funding_content_name as content_name,
        from funding_content
    )

select *
from final
