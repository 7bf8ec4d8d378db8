{# How a finding writes a day, a number and a period: 4/12/2020, 69,5, 6 tháng cuối năm 2024. #}
{% macro day_words(day) -%} strftime({{ day }}, '%-d/%-m/%Y') {%- endmacro %}

{% macro number_words(number) -%}
    replace(regexp_replace(({{ number }})::decimal(18, 3)::varchar, '\.?0+$', ''), '.', ',')
{%- endmacro %}

{% macro period_words(period_code) -%}
    if({{ period_code }} like '%H1', '6 tháng đầu năm ', '6 tháng cuối năm ') || left({{ period_code }}, 4)
{%- endmacro %}
