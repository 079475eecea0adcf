//go:build !linux && !darwin

package cli

// lockFolder does nothing where folders have no locks.
func lockFolder(string) (unlock func()) { return func() {} }
