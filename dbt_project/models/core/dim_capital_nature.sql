with
    capital_nature as (select * from {{ ref("ref_capital_nature") }}),

    final as (select capital_nature_code, capital_nature_name, from capital_nature)

select *
from final
