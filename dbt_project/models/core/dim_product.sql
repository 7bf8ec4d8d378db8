with
    product as (select * from {{ ref("stg_forms__product") }}),

    rating as (select * from {{ ref("stg_forms__rating") }}),

    submission as (select * from {{ ref("fct_submission") }}),

    product_name as (select * from {{ ref("int_product_name") }}),

    mention as (
        select _submission_id, product_name, producer_name, product_group_code,
        from product
        union all
        select _submission_id, product_name, producer_name, null,
        from rating
    ),

    named as (
        select
            mention.*,
            product_name.product_key,
            product_name.producer_key,
            product_name.is_alias,
            submission.arrival_no,
        from mention
        inner join submission on mention._submission_id = submission.submission_id
        inner join
            product_name
            on {{ match_key("mention.product_name") }} = product_name.product_name_key
            and {{ match_key("mention.producer_name") }} = product_name.producer_name_key
    ),

    final as (
        -- The name that was kept, as last written.
        select
            product_key,
            arg_max(product_name, (not is_alias, arrival_no, product_name)) as product_name,
            any_value(producer_key) as producer_key,
            arg_max(producer_name, (not is_alias, arrival_no, producer_name)) as producer_name,
            arg_max(product_group_code, (arrival_no, product_group_code)) as product_group_code,
        from named
        group by product_key
    )

select *
from final
