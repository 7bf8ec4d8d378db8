with
    authority as (select * from {{ ref("ref_authority") }}),

    final as (
        select
            province_code,
            valid_from,
            valid_to,
            ministry_name,
            parent_body_name,
            issuing_body_name,
            document_symbol,
            place_name,
            signatory_title,
            addressee_name,
        from authority
    )

select *
from final
