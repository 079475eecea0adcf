package apply

import "rollcall/internal/directory"

// freshReads shares full reads among actions that need one at the same time. Who asks gets a read that started after he
// asked: one that was under way already may have missed what he wants to know.
type freshReads struct {
	read func() (*directory.Live, error)
	// waiting holds the flight that has not started, or nil; whoever takes it out must put it back. turn holds a token
	// while no read is under way.
	waiting chan *flight
	turn    chan struct{}
}

// flight is a read that several callers wait for.
type flight struct {
	done chan struct{}
	live *directory.Live
	err  error
}

func newFreshReads(read func() (*directory.Live, error)) *freshReads {
	f := &freshReads{read: read, waiting: make(chan *flight, 1), turn: make(chan struct{}, 1)}
	f.waiting <- nil
	f.turn <- struct{}{}
	return f
}

// get returns the live state as of a read that started after the call. The callers share it and must not change it.
func (f *freshReads) get() (*directory.Live, error) {
	shared := <-f.waiting
	if shared != nil {
		f.waiting <- shared
		<-shared.done
		return shared.live, shared.err
	}
	own := &flight{done: make(chan struct{})}
	f.waiting <- own
	<-f.turn
	<-f.waiting
	f.waiting <- nil // from here on it has started: nobody may join any more
	own.live, own.err = f.read()
	f.turn <- struct{}{}
	close(own.done)
	return own.live, own.err
}
