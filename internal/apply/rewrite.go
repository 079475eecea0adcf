package apply

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// maxTries is how often a group is written in all, if its tool is busy or fails.
const maxTries = 5

// rewrite lets try read and write a group, once more as long as its error says that this may help. After each wait the
// group is read anew: who was added meanwhile is not on the list that failed.
//
//	read ──> merge ──> write ──> busy, or not known what became of it ──> wait ──> read ──> merge ──> ...
//
// doubt is the error of an earlier write that may have taken effect, or nil. A failure after one is in doubt as well, and
// what there was to remark on that write is told still.
func (r *run) rewrite(try func(doubt error) ([]string, error)) ([]string, error) {
	var doubt error
	var told []string // of the writes in doubt
	for n := 1; ; n++ {
		remarks, err := try(doubt)
		if err != nil {
			remarks = append(told, unsaid(remarks, told)...)
		}
		var later again
		if err == nil || !errors.As(err, &later) {
			return remarks, inDoubtAfter(doubt, err)
		}
		wait, may := later.Again()
		if !may || n == maxTries {
			return remarks, inDoubtAfter(doubt, err)
		}
		if isUnclear(err) {
			doubt, told = err, slices.Clone(remarks)
		}
		if end := r.sleep(wait << (n - 1)); end != nil {
			return remarks, inDoubtAfter(doubt, &unsentError{end})
		}
	}
}

// unsaid returns the remarks that are not among those that were made.
func unsaid(remarks, made []string) []string {
	return slices.DeleteFunc(slices.Clone(remarks), func(text string) bool { return slices.Contains(made, text) })
}

// inDoubtAfter returns err as what ended the tries of which an earlier one may have taken effect. What is not in doubt by
// itself is told as text alone: an action with a write in doubt has failed, and was neither blocked nor not run.
func inDoubtAfter(doubt, err error) error {
	var u unclear
	if doubt == nil || err == nil || errors.As(err, &u) && u.Unclear() {
		return err
	}
	return fmt.Errorf("%w; then: %v", doubt, err)
}

// sleep waits, or returns why the run ended before.
func (r *run) sleep(d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.stop:
	}
	return r.ended()
}
