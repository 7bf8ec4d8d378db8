{#- Every table is built into a candidate that is a new file: dbt's own way to make one (build it under another name, set
the old one aside, rename, drop) has nothing to replace here, and costs a tenth of the build. -#}
{% materialization table, adapter = "duckdb" %}
    {%- if pre_hooks or post_hooks -%}
        {%- do exceptions.raise_compiler_error(
            "Hooks of a model are not run; take them away, or see macros/materializations."
        ) -%}
    {%- endif -%}
    {%- set target = this.incorporate(type="table") -%}
    {%- call statement("main") -%} {{ create_table_as(False, target, compiled_code) }} {%- endcall -%}
    {%- do adapter.commit() -%}
    {{ return({"relations": [target]}) }}
{% endmaterialization %}
