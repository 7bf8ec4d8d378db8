{# Half-open stretches of one key never share a day. #}
{% test intervals_do_not_overlap(model, key) %}
    select {{ key }}, valid_from, valid_to,
    from {{ model }}
    qualify
        valid_to > lead(valid_from) over (partition by {{ key }} order by valid_from)
        or valid_to <= valid_from
{% endtest %}
