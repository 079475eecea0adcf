package spec

// GuardedKeys are the keys that an included file may use only if it is told so.
func GuardedKeys() []string { return guardedKeys() }
