with
    producer_type as (select * from {{ ref("ref_producer_type") }}),

    final as (select producer_type_code, producer_type_name, rolls_up_to_code, from producer_type)

select *
from final
