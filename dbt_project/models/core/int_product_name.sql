with
    product as (select * from {{ ref("stg_forms__product") }}),

    rating as (select * from {{ ref("stg_forms__rating") }}),

    decision as (select * from {{ ref("stg_ledger__decision") }}),

    producer_name as (select * from {{ ref("int_producer_name") }}),

    -- A product name is unique only together with its producer.
    spelling as (
        select distinct
            {{ match_key("product_name") }} as product_name_key,
            {{ match_key("producer_name") }} as producer_name_key,
        from
            (
                select product_name, producer_name,
                from product
                union all
                select product_name, producer_name,
                from rating
            )
    ),

    alias as (
        select
            {{ match_key("name") }} as product_name_key,
            producer_name.producer_key,
            arg_max({{ match_key("same_as") }}, decision_no) as same_as_key,
        from decision
        inner join
            producer_name on {{ match_key("decision.producer_name") }} = producer_name.producer_name_key
        where decision_code = 'alias' and entity_code = 'product'
        group by product_name_key, producer_name.producer_key
    ),

    final as (
        select
            spelling.product_name_key,
            spelling.producer_name_key,
            producer_name.producer_key,
            md5(
                coalesce(alias.same_as_key, spelling.product_name_key) || '|' || producer_name.producer_key
            ) as product_key,
            alias.same_as_key is not null as is_alias,
        from spelling
        inner join producer_name on spelling.producer_name_key = producer_name.producer_name_key
        left join
            alias
            on spelling.product_name_key = alias.product_name_key
            and producer_name.producer_key = alias.producer_key
    )

select *
from final
