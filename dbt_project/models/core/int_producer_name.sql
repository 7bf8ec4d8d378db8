with recursive
    product as (select * from {{ ref("stg_forms__product") }}),

    rating as (select * from {{ ref("stg_forms__rating") }}),

    decision as (select * from {{ ref("stg_ledger__decision") }}),

    spelling as (
        select distinct {{ match_key("producer_name") }} as producer_name_key,
        from
            (
                select producer_name,
                from product
                union
                select producer_name,
                from rating
            )
    ),

    -- Nothing merges by itself: two spellings are one producer only where a person said so, and while nobody
    -- took it back.
    said as (
        select
            '' as scope,
            {{ match_key("name") }} as name_key,
            decision_code,
            {{ match_key("same_as") }} as same_as_key,
            decision_no,
        from decision
        where decision_code in ('alias', 'unalias') and entity_code = 'producer'
    ),

    edge as ({{ alias_edge("said") }}),

    walk as ({{ alias_walk("edge") }}),

    alias as ({{ alias_end("edge") }}),

    final as (
        select
            spelling.producer_name_key,
            md5(coalesce(alias.kept_key, spelling.producer_name_key)) as producer_key,
            alias.kept_key is not null as is_alias,
            alias.name_key is not null and alias.kept_key is null as is_in_circle,
        from spelling
        left join alias on spelling.producer_name_key = alias.name_key
    )

select *
from final
