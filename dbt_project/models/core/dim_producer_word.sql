with
    word as (select * from {{ ref("ref_producer_word") }}),

    final as (
        select producer_word, {{ match_key("producer_word") }} as word_key, producer_type_code, is_legal_form,
        from word
    )

select *
from final
