with
    product_status as (select * from {{ ref("fct_product_status") }}),

    rating as (select * from {{ ref("fct_rating") }}),

    -- The clock decides where it can, so the date of the decision counts beside the stated status.
    own as (
        select
            *,
            true as is_own_row,
            -- by name, not by line: a revision may insert a line above
            concat_ws(
                '-',
                unit_code,
                product_key,
                nullif(
                    row_number() over (
                        partition by period_code, unit_code, product_key order by _submission_id, _row_number
                    ),
                    1
                )::varchar
            ) as product_row_code,
            list_concat(
                ['product_name', 'producer_name', 'status_code'],
                if(
                    status_stated_code in ('recognised', 'expired', 'being_re_rated'),
                    ['decision_date'],
                    []::varchar[]
                )
            ) as _standing_field_names,
        from product_status
    ),

    -- The rating sheets date a decision that the product sheet does not, or dates earlier; or they date one
    -- after the cut-off, which dates nothing yet.
    dated_by_rating as (
        select
            own.* replace (
                false as is_own_row,
                [
                    'product_name', 'producer_name', 'decision_date', 'outcome_code', 'star'
                ] as _standing_field_names,
                rating._submission_id as _submission_id,
                rating._sheet as _sheet,
                rating._row_number as _row_number
            ),
        from own
        inner join
            rating
            on own.product_key = rating.product_key
            and (
                own.recognised_on = rating.decision_date
                or (
                    own.period_code = rating.period_code
                    and rating.decision_date > coalesce(own.recognised_on, '-infinity'::date)
                )
            )
            and rating.is_recognition
            and coalesce(rating.star, 3) >= 3
        where rating.decision_date is distinct from own.decision_date
    ),

    final as (
        select *
        from own
        union all by name
        select *
        from dated_by_rating
    )

select *
from final
