using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Hosting;

namespace ActorSockets.Gateway;

/// <summary>What the process tells its supervisor, or a command the script that ran it. <c>docs/operations.md</c> has the same list.</summary>
internal static class ExitCodes
{
    /// <summary>Every session ended before the deadline; the command did what was asked.</summary>
    internal const int Clean = 0;

    /// <summary>The gateway answered in a way that the command does not understand, or failed itself.</summary>
    internal const int Failed = 1;

    /// <summary>The configuration or the arguments are wrong, or a file cannot be used; standard error has one line per fault.</summary>
    internal const int Misconfigured = 2;

    /// <summary>Sessions had to be cut at the deadline.</summary>
    internal const int Overdue = 3;

    /// <summary>A command found no gateway at the address, or it did not answer in time.</summary>
    internal const int Unreachable = 4;

    /// <summary>A command had no admin key, a wrong one, or one that may only read.</summary>
    internal const int NotAllowed = 5;

    /// <summary>A command named a connection, drain, node or ban that is not there.</summary>
    internal const int NotFound = 6;

    /// <summary>The state does not allow what a command asked for.</summary>
    internal const int Conflict = 7;

    /// <summary>The drain that a command watched was cancelled.</summary>
    internal const int Cancelled = 8;

    /// <summary>The other nodes of the cluster went on without this one. Started again, it joins them anew.</summary>
    internal const int LeftCluster = 9;

    /// <summary>Ctrl+C: 128 + the number of SIGINT, as a shell reports it. A drain that was watched goes on.</summary>
    internal const int Interrupted = 130;

    internal static int AfterStop(StopReport report)
    {
        if (!report.LeftCluster) return report.Overdue ? Overdue : Clean;
        Console.Error.WriteLine("This node left the cluster: the others went on without it, because it was cut off or stood still for too long. Start it again, and it joins them.");
        return LeftCluster;
    }

    internal static int BecauseOf(ConfigurationFaultException faults)
    {
        foreach (var fault in faults.Faults) Console.Error.WriteLine(fault);
        return Misconfigured;
    }

    /// <summary>Somebody else listens on an address of <c>Kestrel:Endpoints</c>.</summary>
    internal static int BecauseOf(IOException taken)
    {
        Console.Error.WriteLine($"{taken.Message} Stop who has it, or set Kestrel:Endpoints:{{name}}:Url.");
        return Misconfigured;
    }

    /// <summary>A file of the configuration or of the state that cannot be used. Where in it the fault is, the innermost exception knows.</summary>
    internal static int BecauseOf(InvalidDataException unreadable)
    {
        var cause = unreadable.GetBaseException().Message;
        Console.Error.WriteLine(unreadable.Message.Contains(cause, StringComparison.Ordinal) ? unreadable.Message : $"{unreadable.Message} {cause}");
        return Misconfigured;
    }
}
