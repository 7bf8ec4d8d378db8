with recursive
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
                union
                select product_name, producer_name,
                from rating
            )
    ),

    said as (
        select
            producer_name.producer_key as scope,
            {{ match_key("name") }} as name_key,
            decision_code,
            {{ match_key("same_as") }} as same_as_key,
            decision_no,
        from decision
        inner join
            producer_name on {{ match_key("decision.producer_name") }} = producer_name.producer_name_key
        where decision_code in ('alias', 'unalias') and entity_code = 'product'
    ),

    edge as ({{ alias_edge("said") }}),

    walk as ({{ alias_walk("edge") }}),

    alias as ({{ alias_end("edge") }}),

    final as (
        select
            spelling.product_name_key,
            spelling.producer_name_key,
            producer_name.producer_key,
            md5(
                coalesce(alias.kept_key, spelling.product_name_key) || '|' || producer_name.producer_key
            ) as product_key,
            alias.kept_key is not null as is_alias,
            alias.name_key is not null and alias.kept_key is null as is_in_circle,
        from spelling
        inner join producer_name on spelling.producer_name_key = producer_name.producer_name_key
        left join
            alias on spelling.product_name_key = alias.name_key and producer_name.producer_key = alias.scope
    )

select *
from final
