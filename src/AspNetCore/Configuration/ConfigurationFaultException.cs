namespace ActorSockets.AspNetCore.Configuration;

/// <summary>The configuration is not usable. Carries every fault, not only the first.</summary>
public sealed class ConfigurationFaultException : Exception
{
    /// <summary>An exception that carries these faults.</summary>
    public ConfigurationFaultException(IReadOnlyList<ConfigurationFault> faults)
        : base(Lines(faults)) => Faults = faults;

    /// <summary>An exception without faults.</summary>
    public ConfigurationFaultException()
        : this([])
    {
    }

    /// <summary>An exception with a text of the caller's.</summary>
    public ConfigurationFaultException(string message)
        : base(message) => Faults = [];

    /// <summary>An exception with a text of the caller's and a cause.</summary>
    public ConfigurationFaultException(string message, Exception innerException)
        : base(message, innerException) => Faults = [];

    /// <summary>Everything that is wrong, in the order of the configuration's keys.</summary>
    public IReadOnlyList<ConfigurationFault> Faults { get; }

    /// <summary>One line per fault.</summary>
    public static string Lines(IEnumerable<ConfigurationFault> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        return string.Join(Environment.NewLine, faults);
    }
}
