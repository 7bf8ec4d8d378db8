with
    product as (select * from {{ ref("stg_forms__product") }}),

    rating as (select * from {{ ref("stg_forms__rating") }}),

    decision as (select * from {{ ref("stg_ledger__decision") }}),

    spelling as (
        select distinct {{ match_key("producer_name") }} as producer_name_key,
        from
            (
                select producer_name,
                from product
                union all
                select producer_name,
                from rating
            )
    ),

    -- Nothing merges by itself: two spellings are one producer only where a person said so.
    alias as (
        select
            {{ match_key("name") }} as producer_name_key,
            arg_max({{ match_key("same_as") }}, decision_no) as same_as_key,
        from decision
        where decision_code = 'alias' and entity_code = 'producer'
        group by producer_name_key
    ),

    final as (
        select
            spelling.producer_name_key,
            md5(coalesce(alias.same_as_key, spelling.producer_name_key)) as producer_key,
            alias.same_as_key is not null as is_alias,
        from spelling
        left join alias on spelling.producer_name_key = alias.producer_name_key
    )

select *
from final
