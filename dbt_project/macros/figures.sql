{# A count figure: how many different things the evidence names in this column. #}
{% macro count_figure(column_code) -%}
    count(distinct evidence_key) filter (where column_code = '{{ column_code }}')::integer
{%- endmacro %}

{# A sum figure: unknown when no row of the evidence carries an amount. #}
{% macro sum_figure(column_code) -%}
    sum(amount) filter (where column_code = '{{ column_code }}')::decimal(18, 3)
{%- endmacro %}

{# Rows of one printed table in the evidence. #}
{% macro evidence_of(table_code) -%}
    (select * from {{ ref("int_ministry__evidence") }} where table_code = '{{ table_code }}')
{%- endmacro %}

{# Free text as a part of a row code: plain letters, without a slash. #}
{% macro code_words(text) -%} nullif(replace({{ fold(text) }}, ' ', '_'), '') {%- endmacro %}
