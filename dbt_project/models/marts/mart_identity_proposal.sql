with
    pair as (select * from {{ ref("int_identity_pair") }}),

    named_use as (select * from {{ ref("int_identity_use") }}),

    producer_name as (select * from {{ ref("int_producer_name") }}),

    producer as (select * from {{ ref("dim_producer") }}),

    producer_type as (select * from {{ ref("dim_producer_type") }}),

    mention as (
        select
            'producer' as entity_code,
            '' as scope,
            producer_name_key as name_key,
            producer_name as name,
            named_use.* exclude (producer_name_key, producer_name, product_name_key, product_name),
        from named_use
        union all
        select
            'product' as entity_code,
            producer_name.producer_key as scope,
            named_use.product_name_key as name_key,
            named_use.product_name as name,
            named_use.* exclude (producer_name_key, producer_name, product_name_key, product_name),
        from named_use
        inner join producer_name on named_use.producer_name_key = producer_name.producer_name_key
    ),

    spelling as (
        select
            mention.entity_code,
            mention.scope,
            mention.name_key,
            max(mention.name) as name,
            count(*)::integer as line_count,
            string_agg(distinct mention.place_name, ', ' order by mention.place_name) as places,
            string_agg(distinct mention.period_code, ', ' order by mention.period_code) as periods,
            string_agg(
                distinct producer_type.producer_type_name, ', ' order by producer_type.producer_type_name
            ) as producer_types,
        from mention
        left join producer_type on mention.producer_type_code = producer_type.producer_type_code
        group by mention.entity_code, mention.scope, mention.name_key
    ),

    -- The spelling used more often is kept, of two the longer: it says more.
    directed as (
        select
            pair.*,
            (one.line_count, len(one.name), one.name_key)
            > (other.line_count, len(other.name), other.name_key) as is_one_kept,
            if(is_one_kept, other, one) as read,
            if(is_one_kept, one, other) as kept,
        from pair
        inner join
            spelling as one
            on pair.entity_code = one.entity_code
            and pair.scope = one.scope
            and pair.one_key = one.name_key
        inner join
            spelling as other
            on pair.entity_code = other.entity_code
            and pair.scope = other.scope
            and pair.other_key = other.name_key
    ),

    final as (
        select
            md5(
                directed.entity_code
                || '|'
                || directed.scope
                || '|'
                || directed.one_key
                || '|'
                || directed.other_key
            ) as proposal_key,
            directed.entity_code,
            directed.read.name as name,
            directed.kept.name as same_as,
            directed.read.name_key as name_key,
            directed.kept.name_key as same_as_key,
            producer.producer_name,
            directed.reason_code,
            directed.score,
            if(directed.entity_code = 'producer', 'same_ground', 'same_producer') as shared_code,
            directed.read.places as name_places,
            directed.kept.places as same_as_places,
            directed.read.periods as name_periods,
            directed.kept.periods as same_as_periods,
            directed.read.producer_types as name_producer_types,
            directed.kept.producer_types as same_as_producer_types,
            directed.read.line_count as name_line_count,
            directed.kept.line_count as same_as_line_count,
            directed.state_code,
        from directed
        left join producer on directed.entity_code = 'product' and directed.scope = producer.producer_key
    )

select *
from final
