with
    product as (select * from {{ ref("stg_forms__product") }}),

    rating as (select * from {{ ref("stg_forms__rating") }}),

    submission as (select * from {{ ref("fct_submission") }}),

    producer_name as (select * from {{ ref("int_producer_name") }}),

    word as (select * from {{ ref("int_producer_word") }}),

    mention as (
        select _submission_id, producer_name, producer_type_code,
        from product
        union all
        select _submission_id, producer_name, null,
        from rating
    ),

    named as (
        select mention.*, producer_name.producer_key, producer_name.is_alias, submission.arrival_no,
        from mention
        inner join submission on mention._submission_id = submission.submission_id
        inner join producer_name on {{ match_key("mention.producer_name") }} = producer_name.producer_name_key
    ),

    kept as (
        select
            producer_key,
            arg_max(producer_name, (not is_alias, arrival_no, producer_name)) as producer_name,
            arg_max(producer_type_code, (arrival_no, producer_type_code)) as producer_type_code,
        from named
        group by producer_key
    ),

    final as (
        select kept.*, word.proper_name, word.type_word_code,
        from kept
        left join word on {{ match_key("kept.producer_name") }} = word.producer_name_key
    )

select *
from final
