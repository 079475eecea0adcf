package spec

import (
	"slices"

	"gopkg.in/yaml.v3"
)

// Tool is a tool that a roster may be for.
type Tool struct {
	Kind string // as `target.kind` names it
	// Lacks has the keys of a user that the tool can't hold, each with a hint, "" for none. What stands below such a key is
	// not looked for: `auth` stands for auth.system too.
	Lacks map[string]string
}

// kindsOf returns the kinds of tools, in their order.
func kindsOf(tools []Tool) []string {
	kinds := make([]string, len(tools))
	for i := range tools {
		kinds[i] = tools[i].Kind
	}
	return kinds
}

// chooseTool reads which tool the roster is for. That comes before all else, since other sections may stand above `target`
// in the file and are held against the tool.
func (l *loader) chooseTool(r *reader, sections []section) {
	for _, s := range sections {
		if s.name == "target" {
			l.want.Target = r.target(s.value)
		}
	}
	kind := l.kind
	if given := l.want.Target.Kind; given.Pos.Line > 0 {
		kind = given.Value // "" for a kind that nobody knows, which was reported
	}
	if i := slices.IndexFunc(l.tools, func(t Tool) bool { return t.Kind == kind }); i >= 0 {
		l.tool = &l.tools[i]
	}
	r.tool = l.tool
}

// held reports a key of a user that the tool of the roster can't hold.
func (r *reader) held(key string, k *yaml.Node) {
	if r.tool == nil {
		return
	}
	if hint, lacks := r.tool.Lacks[key]; lacks {
		r.problem(k, hint, "key %q is nothing that %s can hold", key, r.tool.Kind)
	}
}
