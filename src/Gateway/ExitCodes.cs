using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Hosting;

namespace ActorSockets.Gateway;

/// <summary>What the process tells its supervisor.</summary>
internal static class ExitCodes
{
    /// <summary>Every session ended before the deadline.</summary>
    internal const int Clean = 0;

    /// <summary>The configuration is wrong, or a file cannot be used; standard error has one line per fault.</summary>
    internal const int Misconfigured = 2;

    /// <summary>Sessions had to be cut at the deadline.</summary>
    internal const int Overdue = 3;

    internal static int AfterStop(StopReport report) => report.Overdue ? Overdue : Clean;

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
