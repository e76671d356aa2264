// Runs a program, and all that it starts, as if the kernel had no Landlock.
//
//   unconfined PROGRAM [ARGUMENT...]
//
// A process that Landlock confines cannot open the file that a sanitizer writes its report to: the
// sanitizer ends it at once, and what it had to say is lost.
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { landlock_create_ruleset = 444 };

int main(int count, char **arguments) {
    struct sock_filter lines[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, landlock_create_ruleset, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {sizeof lines / sizeof lines[0], lines};
    if (count < 2) return fprintf(stderr, "unconfined: name a program\n"), 2;
    // Who may administer the system needs no promise to gain no rights, and keeps sudo of use to the tests.
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) < 0 &&
        (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) < 0))
        return perror("unconfined: seccomp"), 1;
    execvp(arguments[1], arguments + 1);
    return perror(arguments[1]), 127;
}
