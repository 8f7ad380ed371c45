"""`python -m prefectkit.migrate PATH...`: rewrites the imports of programs that use Prefect's own client.

`targets` finds the counterpart of a name in the table `prefectkit.compat.import_map`. `references` finds the imports
from Prefect in a module, and the uses of the imported names (`imports`). `engine_uses` finds the uses that need
Prefect's engine. `plan` decides about each import, `rewrite` changes the source, and `differences` finds lines whose
meaning changes. `migration` does all of that for one module, and `run` for the files that `files` finds. Only this
package imports libcst, which the extra `migrate` installs.
"""
