package cli

import (
	"context"
	"errors"
	"os"

	"rollcall/internal/directory"
	"rollcall/internal/history"
	"rollcall/internal/spec"
)

// earlier returns the roster as it was at --base: one that lists nobody if there was none yet, and nil, with a remark, if
// it can't be loaded, since the change that mends a roster is no worse for that.
func (r *run) earlier(ctx context.Context) (*directory.Desired, error) {
	if r.o.base == "" {
		return nil, nil
	}
	folder, err := os.MkdirTemp("", "rollcall-base-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	file, commit, err := history.At(ctx, r.o.file, r.o.base, folder)
	switch {
	case errors.Is(err, history.ErrNotThere):
		r.remark("base: %v, so that all of it is of this change", err)
		return &directory.Desired{Timezone: "UTC", Guards: directory.DefaultGuards()}, nil
	case errors.Is(err, history.ErrNoRevision):
		return nil, usage("fetch it first: a checkout of one commit does not have others (fetch-depth: 0)", "--base %v", err)
	case err != nil:
		return nil, usage("--base needs git, and a roster in a repository", "--base: %v", err)
	}
	opts := r.specOptions()
	opts.As = r.o.file
	earlier, err := spec.Load(file, opts)
	var wrong *spec.ProblemsError
	if errors.As(err, &wrong) {
		first := wrong.Problems[0]
		r.remark("base: the roster of %s can't be loaded, so that this change can't be told from drift: %s: %s", history.Short(commit), first.Pos, first.Text)
		return nil, nil
	}
	return earlier, err
}
