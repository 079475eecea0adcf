package qtest

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"
)

// passwordLength is the number of characters of a random password: more than a policy asks for, and less than fields hold.
const passwordLength = 36

// newPassword returns a password that nobody can guess and every policy of kinds of characters takes: two at least of each
// kind. None of them is written in another way in JSON. It fails if the system has no random numbers.
func newPassword() (string, error) {
	kinds := [...]string{"ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789", "!#$%()*+,-.:;=?@[]^_{}~"}
	all := strings.Join(kinds[:], "")
	for {
		password := make([]byte, passwordLength)
		for i := range password {
			at, err := rand.Int(rand.Reader, big.NewInt(int64(len(all))))
			if err != nil {
				return "", fmt.Errorf("no random password: %w", err)
			}
			password[i] = all[at.Int64()]
		}
		// Whole passwords are thrown away, so that those which stay are all equally likely.
		enough := true
		for _, kind := range kinds {
			count := 0
			for _, c := range password {
				if strings.IndexByte(kind, c) >= 0 {
					count++
				}
			}
			enough = enough && count >= 2
		}
		if enough {
			return string(password), nil
		}
	}
}
