# SPDX-License-Identifier: MIT
# Work for perl: hashes, strings that grow, regular expressions, sorting, a forked child.
use strict;
use warnings;

my ($state, %lists, $text) = (1);

sub pseudo_random { return $state = ($state * 1103515245 + 12345) % 2147483648; }

for my $number (1 .. 60000) {
    my $key = "key" . (pseudo_random() >> 8) % 5000;
    push @{$lists{$key}}, $number x (1 + $number % 7);
    delete $lists{"key" . (pseudo_random() >> 8) % 5000} if $number % 3 == 0;
}
my $total = 0;
$total += length(join ",", sort @{$lists{$_}}) for sort keys %lists;
print "hashes ", scalar(keys %lists), " $total\n";

$text .= chr(97 + (pseudo_random() >> 8) % 26) x ((pseudo_random() >> 8) % 9) for 1 .. 50000;
my $count = () = $text =~ /([a-e]{3,}|(x+)y)/g;
(my $changed = $text) =~ s/([aeiou]+)/<$1>/g;
print "texts ", length($text), " $count ", length($changed), "\n";

$| = 1;
my $child = fork // die "fork: $!";
if ($child == 0) {
    my @sorted = sort { $b cmp $a } map { $_ x 3 } keys %lists;
    print "child ", scalar(@sorted), " $sorted[0]\n";
    exit 7;
}
waitpid $child, 0;
print "ended with ", $? >> 8, "\n";
