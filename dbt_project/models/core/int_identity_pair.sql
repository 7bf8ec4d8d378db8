{# What a near match needs (docs/adr/0007): how alike two names are, and how many words two must share. #}
{% set least_similarity = 0.9 %}
{% set least_product_share = 0.6 %}
{% set least_shared_words = 2 %}
{# A word that so many names of one place bear says nothing about which of them are one ("nguyễn", "nông sản"). #}
{% set most_bearers = 50 %}

with
    named_use as (select * from {{ ref("int_identity_use") }}),

    producer_name as (select * from {{ ref("int_producer_name") }}),

    product_name as (select * from {{ ref("int_product_name") }}),

    producer_word as (select * from {{ ref("int_producer_word") }}),

    part as (select * from {{ ref("int_unit_part") }} where map_code = 'new'),

    decision as (select * from {{ ref("stg_ledger__decision") }}),

    -- Producers are looked for on one ground, as it is on the new map, whatever the commune was called.
    producer_place as (
        select distinct stated.producer_name_key, part.part_unit_key,
        from
            (
                select producer_name_key, place_key,
                from named_use
                -- A reporting unit stands in only for a name that is nowhere stated with its commune.
                qualify
                    commune_key is not null
                    or not bool_or(commune_key is not null) over (partition by producer_name_key)
            ) as stated
        inner join part on stated.place_key = part.unit_key
    ),

    -- Words of the producer in the name of a product ("Nho xanh Ba Mọi") tell its products not apart.
    producer_words as (
        select
            producer_name.producer_key,
            list_distinct(flatten(list(string_split(producer_word.proper_name_fold, ' ')))) as words,
        from producer_name
        inner join producer_word on producer_name.producer_name_key = producer_word.producer_name_key
        group by producer_name.producer_key
    ),

    spelling as (
        select
            'producer' as entity_code,
            '' as scope,
            producer_name.producer_name_key as name_key,
            producer_name.producer_key as thing_key,
            {{ fold("producer_name.producer_name_key") }} as name_fold,
            producer_word.proper_name_fold as compared,
            []::varchar[] as producer_words,
        from producer_name
        inner join producer_word on producer_name.producer_name_key = producer_word.producer_name_key
        union all
        select distinct
            'product' as entity_code,
            product_name.producer_key as scope,
            product_name.product_name_key as name_key,
            product_name.product_key as thing_key,
            {{ fold("product_name.product_name_key") }} as name_fold,
            {{ fold("product_name.product_name_key") }} as compared,
            producer_words.words as producer_words,
        from product_name
        inner join producer_words on product_name.producer_key = producer_words.producer_key
    ),

    -- What is compared of a spelling, made once however many others it meets.
    prepared as (
        select
            * exclude (producer_words),
            replace(name_fold, ' ', '') as name_letters,
            replace(compared, ' ', '') as compared_letters,
            regexp_replace(compared, '[^0-9]+', ' ', 'g') as numbers,
            list_distinct(string_split(compared, ' ')) as all_words,
            list_filter(
                list_distinct(string_split(compared, ' ')),
                lambda word: not list_contains(producer_words, word)
            ) as own_words,
        from spelling
    ),

    -- Where a spelling is looked for its like: a producer's on each ground, a product's with its producer.
    place as (
        select
            'producer' as entity_code, '' as scope, producer_name_key as name_key, part_unit_key as block_key,
        from producer_place
        union all
        select distinct
            'product', product_name.producer_key, product_name.product_name_key, product_name.producer_key,
        from product_name
        inner join
            named_use
            on product_name.product_name_key = named_use.product_name_key
            and product_name.producer_name_key = named_use.producer_name_key
    ),

    -- Two names are compared where they share a word that few others bear, or all their letters.
    mark as (
        select entity_code, scope, name_key, block_key, unnest(list_distinct(marks)) as mark,
        from
            (
                select
                    place.*,
                    list_append(
                        string_split(spelling.compared, ' '), '=' || replace(spelling.compared, ' ', '')
                    ) as marks,
                from place
                inner join spelling using (entity_code, scope, name_key)
            )
    ),

    rare_mark as (
        select *,
        from mark
        qualify
            count(*) over (partition by entity_code, scope, block_key, mark) between 2 and {{ most_bearers }}
    ),

    candidate as (
        select distinct one.entity_code, one.scope, one.name_key as one_key, other.name_key as other_key,
        from rare_mark as one
        inner join
            rare_mark as other
            on one.entity_code = other.entity_code
            and one.scope = other.scope
            and one.block_key = other.block_key
            and one.mark = other.mark
            and one.name_key < other.name_key
    ),

    -- A unit that lists two names side by side in one sheet holds them for two products.
    side_by_side as (
        select distinct
            product_name.producer_key as scope,
            product_name.product_name_key as name_key,
            named_use._submission_id,
        from named_use
        inner join
            product_name
            on named_use.product_name_key = product_name.product_name_key
            and named_use.producer_name_key = product_name.producer_name_key
        where named_use.form_name = 'product'
    ),

    listed_together as (
        select distinct one.scope, one.name_key as one_key, other.name_key as other_key,
        from side_by_side as one
        inner join
            side_by_side as other
            on one.scope = other.scope
            and one._submission_id = other._submission_id
            and one.name_key < other.name_key
    ),

    matched as (
        select
            candidate.*,
            one.thing_key = other.thing_key as is_one,
            one.name_letters = other.name_letters as is_same_fold,
            one.compared_letters = other.compared_letters as is_same_proper,
            one.numbers = other.numbers as has_same_numbers,
            damerau_levenshtein(one.compared, other.compared) as difference,
            greatest(len(one.compared), len(other.compared)) as longest,
            len(one.own_words) > 0 and len(other.own_words) > 0 as has_own,
            if(has_own, one.own_words, one.all_words) as one_words,
            if(has_own, other.own_words, other.all_words) as other_words,
            listed_together.scope is not null as is_listed_together,
        from candidate
        inner join
            prepared as one
            on candidate.entity_code = one.entity_code
            and candidate.scope = one.scope
            and candidate.one_key = one.name_key
        inner join
            prepared as other
            on candidate.entity_code = other.entity_code
            and candidate.scope = other.scope
            and candidate.other_key = other.name_key
        left join
            listed_together
            on candidate.scope = listed_together.scope
            and candidate.one_key = listed_together.one_key
            and candidate.other_key = listed_together.other_key
    ),

    measured as (
        select
            * exclude (one_words, other_words),
            1 - difference / longest as similarity,
            len(list_intersect(one_words, other_words)) as shared_count,
            least(len(one_words), len(other_words)) as fewest_words,
        from matched
    ),

    found as (
        select
            *,
            case
                when is_same_fold
                then 'same_letters'
                when is_same_proper
                then 'same_proper_name'
                when similarity >= {{ least_similarity }} and has_same_numbers
                then 'alike'
                when
                    shared_count >= {{ least_shared_words }}
                    and not is_listed_together
                    and shared_count
                    >= fewest_words * if(entity_code = 'product', {{ least_product_share }}, 1)
                then 'shared_words'
            end as reason_code,
        from measured
    ),

    -- The last word of people about the two.
    told as (
        select
            decision.entity_code,
            coalesce(producer_name.producer_key, '') as scope,
            least(
                {{ match_key("decision.name") }}, {{ match_key("coalesce(other_name, same_as)") }}
            ) as one_key,
            greatest(
                {{ match_key("decision.name") }}, {{ match_key("coalesce(other_name, same_as)") }}
            ) as other_key,
            arg_max(decision_code, decision_no) = 'apart' as is_apart,
        from decision
        left join
            producer_name
            on decision.entity_code = 'product'
            and {{ match_key("decision.producer_name") }} = producer_name.producer_name_key
        where decision_code in ('alias', 'apart')
        group by all
    ),

    final as (
        select
            found.entity_code,
            found.scope,
            found.one_key,
            found.other_key,
            found.reason_code,
            case
                found.reason_code
                when 'same_letters'
                then 1
                when 'same_proper_name'
                then 1
                when 'alike'
                then found.similarity
                else found.shared_count / found.fewest_words
            end::decimal(4, 3) as score,
            case
                when found.is_one then 'merged' when told.is_apart then 'apart' else 'open'
            end as state_code,
        from found
        left join
            told
            on found.entity_code = told.entity_code
            and found.scope = told.scope
            and found.one_key = told.one_key
            and found.other_key = told.other_key
        where found.reason_code is not null
    )

select *
from final
