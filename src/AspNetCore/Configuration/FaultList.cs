using System.Globalization;

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>Collects what is wrong, so that a user repairs everything at once.</summary>
internal sealed class FaultList
{
    private readonly List<ConfigurationFault> _faults = [];

    /// <summary>The faults so far, by key.</summary>
    public IReadOnlyList<ConfigurationFault> All => [.. _faults.OrderBy(f => f.Key, StringComparer.OrdinalIgnoreCase)];

    public void Add(string key, string? value, string allowed, bool secret = false) =>
        _faults.Add(new ConfigurationFault(key, value is null ? null : secret || HoldsUserInfo(value) ? ConfigurationFault.Hidden : value, allowed));

    /// <summary>
    /// A misspelt <c>AccessKeys</c> is an unknown key too, so the value is shown only where its form says that it is no secret.
    /// </summary>
    public void Unknown(string key, string? value, string allowed) => Add(key, value, allowed, secret: value is not null && !IsHarmless(value));

    private static bool IsHarmless(string value) =>
        value.Length <= 16 && (bool.TryParse(value, out _)
        || double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
        || ValueForm.TryDuration(value, out _));

    private static bool HoldsUserInfo(string value) => value.Contains("://", StringComparison.Ordinal) && value.Contains('@', StringComparison.Ordinal);
}
