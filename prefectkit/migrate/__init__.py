"""`python -m prefectkit.migrate PATH...`: rewrites the imports of programs that use Prefect's own client.

`targets` finds the counterpart of a name by the table `prefectkit.compat.import_map`. `references` reads what a module
imports of Prefect and uses of it (`imports`), and `engine_uses` what has to stay for how it is used. `plan` decides
what each import becomes, `rewrite` changes the source, and `differences` finds the lines whose meaning changes.
`migration` does all of that for one module, `run` for the files that `files` finds. Only this package imports libcst,
of the extra `migrate`.
"""
