{# What people last said of each spelling (alias or taken back), as edges scope, name_key, same_as_key. #}
{% macro alias_edge(said) -%}
    select
        scope,
        name_key,
        arg_max(
            if(decision_code = 'alias' and same_as_key <> name_key, same_as_key, ''), decision_no
        ) as same_as_key,
    from {{ said }}
    group by scope, name_key
    having same_as_key <> ''
{%- endmacro %}

{# The ways from a spelling through aliases of aliases; a way that comes back to itself ends there. #}
{% macro alias_walk(edge) -%}
    select scope, name_key, same_as_key as at_key, [name_key] as passed,
    from {{ edge }}
    union all
    select walk.scope, walk.name_key, {{ edge }}.same_as_key, list_append(walk.passed, walk.at_key)
    from walk
    inner join {{ edge }} on walk.scope = {{ edge }}.scope and walk.at_key = {{ edge }}.name_key
    where not list_contains(walk.passed, walk.at_key)
{%- endmacro %}

{# Where the ways end: the spelling that is kept, or null where aliases run in a circle and so say nothing. #}
{% macro alias_end(edge) -%}
    select walk.scope, walk.name_key, max(walk.at_key) filter ({{ edge }}.name_key is null) as kept_key,
    from walk
    left join {{ edge }} on walk.scope = {{ edge }}.scope and walk.at_key = {{ edge }}.name_key
    group by walk.scope, walk.name_key
{%- endmacro %}
