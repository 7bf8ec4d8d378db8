{# Name without diacritics and punctuation, đ as d; the same as ingest.vietnamese.fold of the key (y and tone placement kept). #}
{% macro fold(text) -%}
    trim(regexp_replace(strip_accents(replace({{ match_key(text) }}, 'đ', 'd')), '[^a-z0-9]+', ' ', 'g'))
{%- endmacro %}
