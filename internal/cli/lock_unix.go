//go:build linux || darwin

package cli

import (
	"os"
	"syscall"
)

// lockFolder keeps other runs from writing files of the roster in a folder until unlock is called or the process ends.
// Where a file system knows no locks, nothing is kept from anybody.
func lockFolder(folder string) (unlock func()) {
	f, err := os.Open(folder)
	if err != nil {
		return func() {}
	}
	for err = syscall.EINTR; err == syscall.EINTR; {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
	}
	return func() { _ = f.Close() } // and the lock goes with it
}
