{% set columns = ["star_3_count", "star_4_count", "star_5_count", "star_unknown_count", "valid_count"] %}

with
    expected_unit as (select * from {{ ref("int_ministry__expected_unit") }}),

    period as (select * from {{ ref("dim_period") }}),

    known as (
        select period_code, count(*) filter (where knows_product)::integer as received_unit_count,
        from expected_unit
        group by period_code
    ),

    figure as {{ counted_figures("stock_by_period", columns) }},

    half_year as (
        select period.*, coalesce(known.received_unit_count, 0) as received_unit_count,
        from period
        left join known on period.period_code = known.period_code
        where period.period_kind <> 'Y'
    ),

    first_known as (select min(cut_off_on) as cut_off_on, from half_year where received_unit_count > 0),

    -- From the first half-year anybody reported to the report's own cut-off; one nobody reported keeps its
    -- line without a figure.
    final as (
        select
            row_number() over (partition by known.period_code order by half_year.cut_off_on)::integer
            as row_no,
            known.period_code,
            half_year.period_code as row_code,
            {{ period_words("half_year.period_code") }} as period_name,
            half_year.received_unit_count,
            {% for column in columns %}
                if(half_year.received_unit_count > 0, coalesce(figure.{{ column }}, 0), null)::integer
                as {{ column }},
            {% endfor %}
            if(half_year.received_unit_count = 0, 'Không nhận được số liệu', null) as note,
        from known
        inner join period on known.period_code = period.period_code
        inner join first_known on first_known.cut_off_on <= period.cut_off_on
        inner join half_year on half_year.cut_off_on between first_known.cut_off_on and period.cut_off_on
        left join figure on known.period_code = figure.period_code and half_year.period_code = figure.row_code
    )

select *
from final
