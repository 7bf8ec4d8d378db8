{# The two clocks of a run: the day that is asked about, and the moment until which was received what counts. They are
   variables of the connection (pipeline/dbt_clocks.py), for dbt parses the project anew when one of its own changes. #}
{% macro as_of() -%} getvariable('as_of') {%- endmacro %}

{% macro known_at() -%} getvariable('known_at') {%- endmacro %}

{# First day a certificate no longer counts. QĐ 26/2026/QĐ-TTg, QĐ 148/QĐ-TTg: calendar months from the decision; one of
   4/2/2020 is out of force from 4/2/2023. Where the last month has no such day, its last day stands for it (Bộ luật Dân
   sự 2015 Điều 148 khoản 3): 29/2/2024 and 36 months are 28/2/2027. #}
{% macro certificate_end(decision_date, months) -%}
    ({{ decision_date }} + to_months({{ months }}::integer))::date
{%- endmacro %}

{# Whether a verdict holds under any regime that may apply: in the transition of 2026 both pass. #}
{% macro best_verdict(verdict) -%}
    case
        when bool_or({{ verdict }} = 'pass')
        then 'pass'
        when bool_or({{ verdict }} = 'undetermined')
        then 'undetermined'
        when bool_or({{ verdict }} = 'fail')
        then 'fail'
        else 'unknown'
    end
{%- endmacro %}

{# Whether a unit exists on a day. Each comparison keeps the two sides of the join apart: with the day inside
   the coalesce DuckDB compares every row with every unit of the country instead of hashing the codes. #}
{% macro stands_on(unit, day) -%}
    {{ day }} between {{ unit }}.valid_from and coalesce({{ unit }}.valid_to, 'infinity'::date)
{%- endmacro %}
