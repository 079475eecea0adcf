package spec

import "rollcall/internal/directory"

// LoadSlowly is Load with every file read as one YAML document.
func LoadSlowly(path string) (*directory.Desired, error) { return load(path, Options{}, true) }

// GuardedKeys are the keys that an included file may use only if it is told so.
func GuardedKeys() []string { return guardedKeys() }
