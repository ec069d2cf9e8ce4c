using ActorSockets.Actors.Endings;
using Microsoft.Extensions.Configuration;

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>What bound options must keep as a whole: values that are fine alone and contradict each other.</summary>
internal static class OptionRules
{
    private const string Root = GatewayConfiguration.SectionName;

    public static void Check(ActorSocketsOptions options, IConfigurationSection section, FaultList faults)
    {
        AccessKeys(options.AccessKeys, faults);
        for (var i = 0; i < options.PublicEndpoints.Count; i++)
            Rule(faults, $"{Root}:PublicEndpoints:{i}", options.PublicEndpoints[i].OriginalString, ValueRules.PublicEndpoint(options.PublicEndpoints[i]));
        for (var i = 0; i < options.Security.AllowedOrigins.Count; i++)
            Rule(faults, $"{Root}:Security:AllowedOrigins:{i}", options.Security.AllowedOrigins[i], ValueRules.Origin(options.Security.AllowedOrigins[i]));
        AdminKeys(options.Admin, faults);
        Endings(options.Endings, faults);
        Drain(options, faults);
        KeepAlive(options.Timers, section.GetSection("Timers"), $"{Root}:Timers", faults);
        ClusterRules.Check(options.Cluster, faults);
        if (string.IsNullOrWhiteSpace(options.State.Path)) faults.Add($"{Root}:State:Path", options.State.Path, "must be a directory");
    }

    internal static void KeepAlive(Actors.Settings.TimerOptions timers, IConfigurationSection section, string path, FaultList faults)
    {
        if (timers.KeepAliveInterval == TimeSpan.Zero && section["KeepAliveTimeout"] is { } timeout)
            faults.Add($"{path}:KeepAliveTimeout", timeout, "has no meaning while KeepAliveInterval is 00:00:00; remove one of the two");
    }

    private static void AccessKeys(IReadOnlyList<string> keys, FaultList faults)
    {
        if (keys.Count > 2) faults.Add($"{Root}:AccessKeys", null, $"takes at most 2 keys, there are {keys.Count}");
        for (var i = 0; i < keys.Count; i++) Rule(faults, $"{Root}:AccessKeys:{i}", keys[i], ValueRules.AccessKey(keys[i]), secret: true);
    }

    private static void AdminKeys(AdminOptions admin, FaultList faults)
    {
        foreach (var (name, entry) in admin.Keys)
        {
            var path = $"{Root}:Admin:Keys:{name}";
            Rule(faults, path, null, ValueRules.AdminName(name));
            if (entry.Key is null) faults.Add($"{path}:Key", null, "is missing; it must be 32 bytes or more");
            else Rule(faults, $"{path}:Key", entry.Key, ValueRules.Secret(entry.Key), secret: true);
        }

        foreach (var twins in admin.Keys.Where(k => k.Value.Key is not null).GroupBy(k => k.Value.Key, StringComparer.Ordinal).Where(g => g.Count() > 1))
            faults.Add($"{Root}:Admin:Keys:{twins.Last().Key}:Key", twins.Key, $"is the key of {twins.First().Key} too; the log could not tell who called", secret: true);
    }

    private static void Endings(EndingsOptions endings, FaultList faults)
    {
        foreach (var (id, entry) in endings.Overrides)
        {
            var path = $"{Root}:Endings:{id}";
            if (EndingCatalogue.Find(id) is not { } ending)
                faults.Add(path, null, $"is not a known key; allowed here: History and the endings {string.Join(", ", EndingCatalogue.All.Where(IsFramedByUs).Select(e => e.Id))}");
            else if (entry.Code is { } code)
                Rule(faults, $"{path}:Code", code.ToString(System.Globalization.CultureInfo.InvariantCulture), CodeRule(ending, code));
        }
    }

    private static bool IsFramedByUs(Ending ending) => ending is { Code: not null, FramedByLibrary: false };

    private static string? CodeRule(Ending ending, int code)
    {
        if (ending.FramedByLibrary) return $"cannot be set: the framing library sends the close frame of {ending.Id} itself";
        if (ending.Code is null) return $"cannot be set: {ending.Id} has no close frame of ours";
        return CloseCodes.IsAllowed(code) ? null : $"must be {CloseCodes.Allowed}";
    }

    /// <summary>
    /// What a close may take at most: twice the handshake, and a second for a handler that ignores its cancellation. By the
    /// deadline the last socket is gone, so that much has to fit behind the delay.
    /// </summary>
    internal static TimeSpan LongestHandshake(Actors.Settings.DrainOptions drain) => (drain.Deadline - drain.ReadinessDelay - OneSecond) / 2;

    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    private static void Drain(ActorSocketsOptions options, FaultList faults)
    {
        var (deadline, delay, handshake) = (options.Drain.Deadline, options.Drain.ReadinessDelay, options.Timers.CloseHandshake);
        if (delay >= deadline)
            faults.Add($"{Root}:Drain:ReadinessDelay", ValueForm.Write(delay), $"must be shorter than Drain:Deadline ({ValueForm.Write(deadline)}), which counts from the same moment");
        else if (handshake > LongestHandshake(options.Drain))
            faults.Add($"{Root}:Drain:Deadline", ValueForm.Write(deadline), $"must be {ValueForm.Write(delay + (2 * handshake) + OneSecond)} or longer: Drain:ReadinessDelay ({ValueForm.Write(delay)}), twice Timers:CloseHandshake ({ValueForm.Write(handshake)}), which the last connection may need, and a second");
    }

    internal static void Rule(FaultList faults, string key, string? value, string? allowed, bool secret = false)
    {
        if (allowed is not null) faults.Add(key, value, allowed, secret);
    }
}
