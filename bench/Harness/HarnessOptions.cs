using System.Globalization;

namespace ActorSockets.Bench.Harness;

/// <summary>The command line.</summary>
internal sealed record HarnessOptions
{
    /// <summary>Which run.</summary>
    public string Command { get; init; } = "";

    /// <summary>Rounds of an interleaved run; 0 = as many as the run usually takes.</summary>
    public int Rounds { get; init; }

    /// <summary>Length of the churn run or of the holding; 0 = 10 and 5.</summary>
    public double Minutes { get; init; }

    /// <summary>Connections of the hold, heap and drain runs.</summary>
    public int Connections { get; init; }

    /// <summary>Connects per second of the churn run.</summary>
    public int Rate { get; init; } = 500;

    /// <summary>Drains of the drain run; 0 = one.</summary>
    public int Runs { get; init; }

    /// <summary>Seconds from the first close to the last of the drain run; 0 = 20.</summary>
    public int Seconds { get; init; }

    /// <summary>Seconds over which drained clients are to come back; 0 = what the gateway has set.</summary>
    public int Spread { get; init; }

    /// <summary>Gigabytes of memory that the hold run leaves free.</summary>
    public double LeaveGigabytes { get; init; } = 1;

    /// <summary>Megabytes of managed heap that a gateway of the hold run may use; 0 = no limit.</summary>
    public int HeapLimit { get; init; }

    /// <summary>Names of the servers that take part; empty = all that are there.</summary>
    public IReadOnlyList<string> Servers { get; init; } = [];

    /// <summary>The cores of the server and of the generator, as <c>taskset -c</c> takes them.</summary>
    public string ServerCores { get; init; } = "0";

    /// <inheritdoc cref="ServerCores"/>
    public string GeneratorCores { get; init; } = "1";

    /// <summary>Print only, leave docs/performance.md alone.</summary>
    public bool DryRun { get; init; }

    /// <summary>Further settings of the gateway, handed on as they are.</summary>
    public IReadOnlyList<string> GatewayArguments { get; init; } = [];

    public static HarnessOptions Parse(string[] args)
    {
        var options = new HarnessOptions { Command = args.Length > 0 ? args[0] : "" };
        for (var i = 1; i < args.Length; i++)
        {
            if (args[i] == "--") return options with { GatewayArguments = args[(i + 1)..] };
            if (args[i] == "--dry-run")
            {
                options = options with { DryRun = true };
                continue;
            }

            if (i + 1 == args.Length) throw new HarnessFault($"{args[i]} needs a value");
            var value = args[++i];
            options = args[i - 1] switch
            {
                "--rounds" => options with { Rounds = Number(value) },
                "--minutes" => options with { Minutes = double.Parse(value, CultureInfo.InvariantCulture) },
                "--connections" => options with { Connections = Number(value) },
                "--rate" => options with { Rate = Number(value) },
                "--runs" => options with { Runs = Number(value) },
                "--seconds" => options with { Seconds = Number(value) },
                "--spread" => options with { Spread = Number(value) },
                "--leave" => options with { LeaveGigabytes = double.Parse(value, CultureInfo.InvariantCulture) },
                "--heap-limit" => options with { HeapLimit = Number(value) },
                "--servers" => options with { Servers = value.Split(',') },
                "--server-cores" => options with { ServerCores = value },
                "--generator-cores" => options with { GeneratorCores = value },
                _ => throw new HarnessFault($"unknown option {args[i - 1]}"),
            };
        }

        return options;
    }

    public static int Explain()
    {
        Console.WriteLine("""
            dotnet run -c Release --project bench/Harness -- COMMAND [options] [-- gateway settings]

              quick   under three minutes: the ratios that the budgets name; for before and after a change
              table   interleaved rounds of every server; writes the tables and charts of docs/performance.md
              churn   connects and disconnects for --minutes; memory, descriptors and threads before and after
              hold    holds --connections in as many processes as the descriptor limit asks for, asks them, drains them;
                      bench/million/run.sh sets the kernel up for many of them and puts it back
              heap    what an idle connection holds, by type; writes the table of docs/performance.md
              traffic one call of the data plane for a group of 10,000; 1,000 events a second through an upstream; writes docs/performance.md
              shared  how long it takes until a ban, a revocation, or another limit, that was ordered at one node of three holds on all
              nodes   messages to another node beside the same node, a publish from one node to five, users and groups on the heap; writes
                      docs/performance.md and what docs/scale.md computes from it; about twelve minutes
              drain   drains the gateway with clients that obey their slots, --runs times; writes charts of pace and returns

              --rounds N   --minutes M   --connections N   --rate PER_SECOND   --runs N   --seconds S   --spread S   --leave GB   --heap-limit MB
              --servers gateway,kestrel,signalr,node-ws,uws
              --server-cores 0   --generator-cores 1   --dry-run
            """);
        return 2;
    }

    private static int Number(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number > 0
        ? number
        : throw new HarnessFault($"not a number above 0: {text}");
}
