{# A count figure: how many different things the evidence names in this column. #}
{% macro count_figure(column_code) -%}
    count(distinct evidence_key) filter (where column_code = '{{ column_code }}')::integer
{%- endmacro %}

{# A sum figure: unknown when no row of the evidence carries an amount. #}
{% macro sum_figure(column_code) -%}
    sum(amount) filter (where column_code = '{{ column_code }}')::decimal(18, 3)
{%- endmacro %}

{# Disbursed of planned in percent: only where every line behind the row has both amounts. #}
{% macro disbursed_share(figure, known) -%}
    if(
        {{ known }}.is_share_known,
        round(
            100
            * {{ figure }}.disbursed_amount_vnd_million
            / nullif({{ figure }}.planned_amount_vnd_million, 0),
            1
        ),
        null
    )::decimal(18, 3)
{%- endmacro %}

{# Rows of one printed table in the evidence. #}
{% macro evidence_of(table_code) -%}
    (select * from {{ ref("int_ministry__evidence") }} where table_code = '{{ table_code }}')
{%- endmacro %}

{# One row per period and row of a printed table: the count figure of each column. #}
{% macro counted_figures(table_code, columns) -%}
    (
        select
            period_code,
            row_code,
            {% for column in columns %} {{ count_figure(column) }} as {{ column }}, {% endfor %}
        from {{ evidence_of(table_code) }}
        group by period_code, row_code
    )
{%- endmacro %}

{# Free text as a part of a row code: plain letters, without a slash. #}
{% macro code_words(text) -%} nullif(replace({{ fold(text) }}, ' ', '_'), '') {%- endmacro %}
