/* A library for LD_PRELOAD that makes a writer careless: barriers on the files whose path holds one of
   the words of $SKIP_SYNC (divided by commas; "*" is every file) say that they succeeded, and do nothing.
   It shows that a suite can see what a missing barrier does. cc -shared -fPIC -O2 -o skipsync.so skipsync.c */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int skipped(int file) {
    const char *words = getenv("SKIP_SYNC");
    char link[64], path[4096];
    if (!words) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    while (*words) {
        size_t span = strcspn(words, ",");
        if (span == 1 && *words == '*') return 1;
        if (span && memmem(path, (size_t)length, words, span)) return 1;
        words += span + (words[span] == ',');
    }
    return 0;
}

int fsync(int file) { return skipped(file) ? 0 : (int)syscall(SYS_fsync, file); }
int fdatasync(int file) { return skipped(file) ? 0 : (int)syscall(SYS_fdatasync, file); }
int syncfs(int file) { return skipped(file) ? 0 : (int)syscall(SYS_syncfs, file); }
