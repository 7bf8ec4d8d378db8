with recursive
    word as (select * from {{ ref("dim_producer_word") }}),

    product as (select * from {{ ref("stg_forms__product") }}),

    rating as (select * from {{ ref("stg_forms__rating") }}),

    -- The spelling in the length of its key, letter by letter, so that the key tells where the words end.
    spelling as (
        select
            {{ match_key("producer_name") }} as producer_name_key,
            min(trim(regexp_replace(nfc_normalize(producer_name), '[\s\pZ]+', ' ', 'g'))) as written,
        from
            (
                select producer_name,
                from product
                union
                select producer_name,
                from rating
            )
        where producer_name is not null
        group by producer_name_key
    ),

    -- One word after the other is taken from the front, the longest that fits; a name is never taken up
    -- altogether. With its diacritics: "Hộ" is a household, "Hồ" a family. Behind the first, words without a
    -- type belong to the form ("HTX DVNN"); a proper name does not begin with one.
    step as (
        select
            producer_name_key,
            producer_name_key as rest,
            []::varchar[] as type_codes,
            []::boolean[] as legal,
            0 as step_no,
        from spelling
        union all
        (
            select
                step.producer_name_key,
                regexp_replace(substr(step.rest, len(word.word_key) + 1), '^[\s\pP]+', '') as rest,
                list_append(step.type_codes, word.producer_type_code),
                list_append(step.legal, word.is_legal_form),
                step.step_no + 1,
            from step
            inner join
                word
                on starts_with(step.rest, word.word_key)
                and regexp_matches(substr(step.rest, len(word.word_key) + 1), '^[\s\pP]+[^\s\pP]')
            where step.step_no > 0 or word.producer_type_code is not null or word.word_key = 'chi nhánh'
            qualify
                row_number() over (partition by step.producer_name_key order by len(word.word_key) desc) = 1
        )
    ),

    parsed as (
        select *,
        from step
        qualify row_number() over (partition by producer_name_key order by step_no desc) = 1
    ),

    final as (
        select
            spelling.producer_name_key,
            if(
                len(spelling.written) = len(spelling.producer_name_key),
                right(spelling.written, len(parsed.rest)),
                parsed.rest
            ) as proper_name,
            {{ fold("parsed.rest") }} as proper_name_fold,
            -- The legal form, said once; else what the name calls itself.
            coalesce(
                list_filter(parsed.type_codes, lambda code, i:parsed.legal[i])[1],
                list_filter(parsed.type_codes, lambda code:code is not null)[1]
            ) as type_word_code,
            len(list_distinct(list_filter(parsed.type_codes, lambda code, i:parsed.legal[i])))
            = 1 as is_legal_form,
        from spelling
        inner join parsed on spelling.producer_name_key = parsed.producer_name_key
    )

select *
from final
