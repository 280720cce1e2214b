# SPDX-License-Identifier: MIT
# Work for git, in an empty folder: a history with a branch and a merge, packed, checked and cloned.
set -eu
export HOME="$PWD" GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_DATE='2001-02-03T04:05:06Z' \
    GIT_COMMITTER_DATE='2001-02-03T04:05:06Z'
git config --global user.name cairn
git config --global user.email cairn@localhost
git init -q -b main one
cd one
for round in 1 2 3; do
    for number in $(seq 60); do
        seq "$number" $((number * round + 40)) >"file$number"
    done
    git add .
    git commit -q -m "round $round"
done
git checkout -q -b side HEAD~1
echo aside >aside
git add aside
git commit -q -m aside
git checkout -q main
git merge -q -m merged side
git gc -q --aggressive
git fsck --full --strict
cd ..
git clone -q --no-local one two
cd two
git log --format='%h %s' --stat | sha256sum
git diff HEAD~2 | sha256sum
git blame file60 | sha256sum
