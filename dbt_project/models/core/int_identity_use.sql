with
    product as (select * from {{ ref("stg_forms__product") }}),

    rating as (select * from {{ ref("stg_forms__rating") }}),

    form as (select * from {{ ref("bridge_submission_form") }} where is_in_force),

    period as (select * from {{ ref("dim_period") }}),

    unit as (select * from {{ ref("dim_unit") }}),

    line as (
        select
            'product' as form_name,
            _submission_id,
            _row_number,
            product_name,
            producer_name,
            producer_type_code,
            commune_code,
        from product
        union all
        select 'rating' as form_name, _submission_id, _row_number, product_name, producer_name, null, null,
        from rating
    ),

    -- A name is on many lines; its key is made once.
    keyed as (
        select
            product_name,
            producer_name,
            {{ match_key("product_name") }} as product_name_key,
            {{ match_key("producer_name") }} as producer_name_key,
        from (select distinct product_name, producer_name, from line)
    ),

    final as (
        select
            form.form_name,
            line._submission_id,
            form.sheet_name as _sheet,
            line._row_number,
            form.unit_code,
            form.period_code,
            period.cut_off_on,
            line.product_name,
            line.producer_name,
            keyed.product_name_key,
            keyed.producer_name_key,
            line.producer_type_code,
            commune.unit_key as commune_key,
            commune.unit_name as commune_name,
            -- The commune where it is named, else whoever reported.
            coalesce(commune.unit_key, reporter.unit_key) as place_key,
            coalesce(commune.unit_name, reporter.unit_name) as place_name,
        from line
        inner join form on line._submission_id = form.submission_id and line.form_name = form.form_name
        inner join
            keyed
            on line.product_name is not distinct from keyed.product_name
            and line.producer_name is not distinct from keyed.producer_name
        inner join period on form.period_code = period.period_code
        left join
            unit as commune
            on line.commune_code = commune.unit_code
            and {{ stands_on("commune", "period.cut_off_on") }}
        left join
            unit as reporter
            on form.unit_code = reporter.unit_code
            and {{ stands_on("reporter", "period.cut_off_on") }}
    )

select *
from final
