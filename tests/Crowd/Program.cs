using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ActorSockets.Crowd;

// Arguments: port and number of members, and for a crowd of one kind the manner and the hub of all of them. Says "here {n} of {m}" when all have come (or could not), waits for a line on standard
// input, lets everybody leave at once, and says "left {manner} {what it saw last} {how many}" for each kind, then "gone".
const int ComingAtOnce = 256;

// What the test bans; the other addresses stay welcome.
IPAddress banned = new([127, 0, 0, 99]);

var server = new IPEndPoint(IPAddress.Loopback, int.Parse(args[0], CultureInfo.InvariantCulture));
var count = int.Parse(args[1], CultureInfo.InvariantCulture);
var others = Enum.GetValues<Manner>().Where(m => m != Manner.Reset).ToArray();

Manner? all = args.Length > 2 ? Enum.Parse<Manner>(args[2]) : null;
var onlyHub = args.Length > 3 ? args[3] : null;

// Half of them reset, the rest all the other ways in turn.
var members = Enumerable.Range(0, count).Select(i => Make(all ?? (i % 2 == 0 ? Manner.Reset : others[i / 2 % others.Length]), i)).ToArray();
var failures = new ConcurrentDictionary<string, int>();
var here = 0;
await Parallel.ForEachAsync(members, new ParallelOptions { MaxDegreeOfParallelism = ComingAtOnce }, async (member, _) =>
{
    try
    {
        if (await member.ComeAsync()) Interlocked.Increment(ref here);
        else failures.AddOrUpdate("refused", 1, (_, n) => n + 1);
    }
    catch (SocketException e)
    {
        failures.AddOrUpdate(e.SocketErrorCode.ToString(), 1, (_, n) => n + 1);
    }
});
Console.WriteLine($"here {here} of {count} {string.Join(' ', failures)}");
if (Console.ReadLine() is null) return 1;

var partings = await Task.WhenAll(members.Select(async m => (m.Manner, Saw: await Task.Run(m.LeaveAsync))));
foreach (var group in partings.GroupBy(p => p)) Console.WriteLine($"left {group.Key.Manner} {group.Key.Saw} {group.Count()}");
Console.WriteLine("gone");
return 0;

Member Make(Manner manner, int index)
{
    // One address has 28,000 ports to come from; several keep clear of those that the system still remembers.
    IPAddress source = manner == Manner.Banned ? banned : new([127, 0, 0, (byte)(2 + (index % 16))]);
    var hub = onlyHub ?? manner switch
    {
        Manner.Kicked => "kicked",
        Manner.Idle => "idle",
        Manner.Mute => "mute",
        _ => "echo",
    };
    return new Member(manner, source, server, hub);
}
